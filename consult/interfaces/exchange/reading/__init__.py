"""From files to a staged copy, checked whole before anything is stored."""
