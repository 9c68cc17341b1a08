"""The commands of `tulou`, one module for each subject."""
