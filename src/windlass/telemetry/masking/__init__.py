"""What a project lets nobody store: rules, and taking what they mean out of telemetry before it is written."""
