-- Accounts that could not send something that nobody asked for, by channel. failures: tries in a row that did not go, for reasons of the
-- account or the provider; failed_at: the last. probed_at: when something was let through to find out whether it works again.
CREATE TABLE channel_health (
    tenant_id  BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    channel    TEXT   NOT NULL,
    failures   BIGINT NOT NULL,
    failed_at  BIGINT NOT NULL,
    probed_at  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, account_id, channel)
) WITHOUT ROWID;

-- Calls of a campaign that people answered, by the hour of UTC (since 1970) in which they began; dropped: at how many of them nobody of ours
-- was. The ledger's own numbers, ready for the laws that limit their share.
CREATE TABLE answered_calls (
    tenant_id   BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    hour        BIGINT NOT NULL,
    answered    BIGINT NOT NULL,
    dropped     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, campaign_id, hour)
) WITHOUT ROWID;
INSERT INTO answered_calls (tenant_id, campaign_id, hour, answered, dropped)
SELECT tenant_id, campaign_id, began_at / 3600000, COUNT(*), SUM(CASE came WHEN 'dropped' THEN 1 ELSE 0 END)
FROM outreach_attempts WHERE channel = 'voice' AND campaign_id IS NOT NULL AND came IN ('answered', 'dropped')
GROUP BY tenant_id, campaign_id, began_at / 3600000;
