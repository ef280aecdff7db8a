-- Whose conversation it is: what was said is found without a look at the conversations, which are wide.
ALTER TABLE message_index ADD COLUMN lead_id BIGINT NOT NULL DEFAULT 0;
UPDATE message_index SET lead_id = COALESCE((SELECT c.lead_id FROM conversations c WHERE c.tenant_id = message_index.tenant_id AND c.id = message_index.conversation_id), 0);
-- postgres: CREATE INDEX message_index_lead ON message_index (tenant_id, lead_id);
