//! Leads and the attempts to reach them: where they stand, recycling, and putting right what does not agree with the ledger.

mod recycling;
