//! Line ends of text files: those of Windows and of old Macs as everybody else's, so that lines are counted as editors count them.

use std::io::{self, Read};

/// Text whose lines all end in a line feed, the last one, too.
#[derive(Debug)]
pub(super) struct LineEnds<R> {
    inner: R,
    last: u8,
    is_over: bool,
}

impl<R: Read> LineEnds<R> {
    pub(super) fn new(inner: R) -> LineEnds<R> {
        LineEnds { inner, last: b'\n', is_over: false }
    }
}

impl<R: Read> Read for LineEnds<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() || self.is_over {
            return Ok(0);
        }
        loop {
            let read = self.inner.read(into)?;
            if read == 0 {
                self.is_over = true;
                let is_open = !matches!(self.last, b'\n' | b'\r');
                into[0] = b'\n';
                return Ok(usize::from(is_open));
            }
            let mut kept = 0;
            for place in 0..read {
                let byte = into[place];
                let is_second = byte == b'\n' && self.last == b'\r';
                self.last = byte;
                if !is_second {
                    into[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
            }
            // Nothing but the second half of a line end is not the end.
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}
