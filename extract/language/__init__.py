"""The spaCy pipeline and the word lists: what an answer says, found without any downloaded model."""
