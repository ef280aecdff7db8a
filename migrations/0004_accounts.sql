-- Channel accounts that leadwire.toml names, beside the one of the variables.
--
-- account_sid  at Twilio, whose account it is, where it is not that of the variables.
-- token_name   the variable that holds the token to send with, where that is another than the secret.
-- per_second   what the provider takes from it in a second; none: what the variables say.
-- from_file    whether leadwire.toml named it; is_active: whether it still does.
ALTER TABLE channel_accounts ADD COLUMN account_sid TEXT;
ALTER TABLE channel_accounts ADD COLUMN token_name TEXT;
ALTER TABLE channel_accounts ADD COLUMN per_second BIGINT;
ALTER TABLE channel_accounts ADD COLUMN from_file BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE channel_accounts ADD COLUMN is_active BOOLEAN NOT NULL DEFAULT TRUE;
