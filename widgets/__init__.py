"""Qt widgets that know nothing of a project or a job queue: they take values and emit signals."""
