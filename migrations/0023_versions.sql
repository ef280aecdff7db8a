-- Users and segments have versions, as leads have: whoever changes what they saw a while ago is told of whoever was faster.
ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
