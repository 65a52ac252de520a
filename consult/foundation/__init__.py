"""What every package stands on: storage, text, the record, jobs, files, mails and the policy."""
