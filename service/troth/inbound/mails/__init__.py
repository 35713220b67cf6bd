"""The reader of mails: from the bytes of one to its writer's own first words."""
