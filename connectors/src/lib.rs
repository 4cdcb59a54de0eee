//! What a diagram can do to the world: records, calls, mail. The engine meets the CRM here only.
