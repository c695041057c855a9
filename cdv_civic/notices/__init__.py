"""The outbox: mails and text messages are written in the transaction of the act they tell of, and sent by a job."""
