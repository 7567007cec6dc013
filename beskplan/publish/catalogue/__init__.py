"""The catalogue: a static site of all reports that works from a web server, a file share or a USB stick."""
