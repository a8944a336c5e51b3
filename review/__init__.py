"""A person looks: the pages, and `decide`, the door through which every decision goes."""
