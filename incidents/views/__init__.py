"""The pages: the portal, the desk, files, and the links in mails."""
