"""The pure order: its facts, the evidence that changes them, its public status and the hold it needs."""
