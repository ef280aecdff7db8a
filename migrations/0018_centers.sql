-- What else a center is set to. languages: those it speaks, the first one first, with blanks between; empty: whichever its flows do.
-- opening: when it is open, such as Mon-Fri 09:00-18:00; null: it was not said.
ALTER TABLE tenants ADD COLUMN languages TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN opening TEXT;
