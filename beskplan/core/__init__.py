"""What every room uses: problems and exit codes, Danish numbers, periods, files, colours."""
