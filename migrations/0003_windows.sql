-- When WhatsApp's 24-hour window of a conversation closes: a day after the person's last message there, by the provider's
-- clock. Null on channels without one.
ALTER TABLE conversations ADD COLUMN window_closes_at BIGINT;
