"""Running releases: what answers when somebody asks one."""
