//! No turn is half there: what must hold of every row, whatever happened to the server.

use crate::harness::{number, texts};
use leadwire::store::db::Db;

/// What must not be found, and the rows that would show it.
const NEVER: [(&str, &str); 15] = [
    (
        "a place in a conversation that nothing has, or two have",
        "conversations c WHERE c.seq <> (SELECT COUNT(*) FROM messages m WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id)
            + (SELECT COUNT(*) FROM behaviours b WHERE b.tenant_id = c.tenant_id AND b.conversation_id = c.id)",
    ),
    (
        "a message beyond its conversation's end",
        "messages m WHERE m.seq < 1 OR NOT EXISTS
            (SELECT 1 FROM conversations c WHERE c.tenant_id = m.tenant_id AND c.id = m.conversation_id AND m.seq <= c.seq)",
    ),
    ("an inbound message without reply", "messages WHERE direction IN ('in', 'call') AND reply IS NULL"),
    (
        "a reply that was not written down as said",
        "messages m WHERE m.direction = 'in' AND m.reply LIKE '%<Message%' AND NOT EXISTS
            (SELECT 1 FROM messages o WHERE o.tenant_id = m.tenant_id AND o.conversation_id = m.conversation_id
             AND o.seq = m.seq + 1 AND o.direction = 'out')",
    ),
    (
        "something said that nothing was the cause of",
        // A chat session begins with what we say.
        "messages o WHERE o.direction = 'out' AND o.seq = 1 AND NOT EXISTS (SELECT 1 FROM conversations c
            WHERE c.tenant_id = o.tenant_id AND c.id = o.conversation_id AND c.public_id IS NOT NULL)",
    ),
    (
        "a reply that names another message",
        "messages m WHERE m.direction = 'in' AND m.reply LIKE '%<Message%' AND m.reply NOT LIKE
            '%message=' || m.tenant_id || '-' || m.conversation_id || '-' || (m.seq + 1) || '&amp;%'",
    ),
    (
        "an answer to no message",
        "answers a WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.tenant_id = a.tenant_id
            AND m.conversation_id = a.conversation_id AND m.seq = a.seq AND m.direction IN ('in', 'call'))",
    ),
    (
        "points for no message, report or beginning of a session",
        "score_entries s WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.tenant_id = s.tenant_id
            AND m.conversation_id = s.conversation_id AND m.seq = s.seq AND m.direction IN ('in', 'call'))
            AND NOT EXISTS (SELECT 1 FROM behaviours b WHERE b.tenant_id = s.tenant_id
            AND b.conversation_id = s.conversation_id AND b.seq = s.seq)
            AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.tenant_id = s.tenant_id AND c.id = s.conversation_id
            AND c.public_id IS NOT NULL AND s.seq = 1)",
    ),
    (
        "a consent of no message",
        "consents s WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.tenant_id = s.tenant_id
            AND m.conversation_id = s.conversation_id AND m.seq = s.seq AND m.direction IN ('in', 'note'))
            AND NOT EXISTS (SELECT 1 FROM behaviours b WHERE b.tenant_id = s.tenant_id
            AND b.conversation_id = s.conversation_id AND b.seq = s.seq AND b.action = 'refused_by_provider')",
    ),
    (
        "a conversation whose score is not the sum of its ledger",
        "conversations c WHERE c.score <> (SELECT COALESCE(SUM(points), 0) FROM score_entries s
            WHERE s.tenant_id = c.tenant_id AND s.conversation_id = c.id)",
    ),
    (
        "a lead whose score is not that of the conversation it names",
        "leads l WHERE l.score <> (SELECT c.score FROM conversations c WHERE c.tenant_id = l.tenant_id AND c.id = l.scored_in)",
    ),
    (
        "a lead that counts other messages than came",
        "leads l WHERE l.message_count <> (SELECT COUNT(*) FROM messages m
            WHERE m.tenant_id = l.tenant_id AND m.person_id = l.person_id AND m.direction = 'in')",
    ),
    (
        "a person without identity or lead",
        "persons p WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.tenant_id = p.tenant_id AND i.person_id = p.id)
            OR NOT EXISTS (SELECT 1 FROM leads l WHERE l.tenant_id = p.tenant_id AND l.id = p.lead_id AND l.person_id = p.id)",
    ),
    (
        "an identity or lead of nobody",
        "identities i FULL JOIN leads l ON l.tenant_id = i.tenant_id AND l.person_id = i.person_id
            WHERE i.person_id IS NULL OR l.person_id IS NULL",
    ),
    (
        "one webhook written down twice",
        "(SELECT provider_id FROM messages WHERE direction = 'in' AND provider_id IS NOT NULL
            GROUP BY tenant_id, provider_id HAVING COUNT(*) > 1) AS twice",
    ),
];

/// Fails where any turn left less than all of its rows.
pub async fn assert_whole(db: &Db) {
    for (what, rows) in NEVER {
        let found = number(db, format!("SELECT COUNT(*) FROM {rows}")).await;
        assert_eq!(found, 0, "{what}");
    }
    // What is sent rather than answered leaves an empty reply; a chat's is JSON.
    for reply in texts(db, "reply", "messages WHERE direction = 'in' AND reply LIKE '<%'").await {
        leadwire::channels::twilio::read(&reply).unwrap_or_else(|error| panic!("{error}: {reply}"));
    }
}
