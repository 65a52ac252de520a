"""Files: what people attach. The type is decided by us from the bytes, never by the sender.

A file lies under a random name in the storage that the setting names and is served only as a
download. No virus scanner is part of the product; the page says that a file was not scanned.
"""
