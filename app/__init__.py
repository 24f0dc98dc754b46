"""The application: windows, job runner, preferences and the command line. Importing it does not load torch."""
