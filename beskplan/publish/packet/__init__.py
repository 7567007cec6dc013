"""The committee's packet: the agenda item and its numbered Bilag, in one folder and one zip."""
