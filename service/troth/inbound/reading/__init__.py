"""What strangers wrote, read: forms, JSON, texts, quotations, buttons, answers over HTTP."""
