"""Settings, all from the environment: each value is looked at before anything starts."""
