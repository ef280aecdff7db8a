//! Bodies on their way to the disk and from it. What is on the disk has no name there, and is gone with the request.

use super::super::super::problem::Problem;
use super::failed;
use axum::body::{Body, Bytes};
use futures_util::{StreamExt, stream};
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What is read at once.
const PIECE: usize = 1 << 16;
/// A body that is too large is heard to its end up to so many times what it may be: who is still sending does not hear why it is refused.
const PATIENCE: u64 = 8;

/// A file of what a body says; `None`: it says more than so many bytes.
pub async fn taken(body: Body, most: u64) -> Result<Option<File>, Problem> {
    let file = tempfile::tempfile().map_err(|error| failed(&error))?;
    let mut file = tokio::fs::File::from_std(file);
    let mut pieces = body.into_data_stream();
    let mut length = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::malformed("the body broke off"))?;
        length += piece.len() as u64;
        if length > most * PATIENCE {
            break;
        }
        if length <= most {
            file.write_all(&piece).await.map_err(|error| failed(&error))?;
        }
    }
    file.flush().await.map_err(|error| failed(&error))?;
    Ok(if length > most { None } else { Some(file.into_std().await) })
}

/// A body of what is in a file.
pub fn given(mut file: File) -> io::Result<Body> {
    file.seek(SeekFrom::Start(0))?;
    Ok(Body::from_stream(stream::try_unfold(tokio::fs::File::from_std(file), piece)))
}

async fn piece(mut file: tokio::fs::File) -> io::Result<Option<(Bytes, tokio::fs::File)>> {
    let mut piece = Vec::with_capacity(PIECE);
    let read = file.read_buf(&mut piece).await?;
    Ok((read > 0).then(|| (Bytes::from(piece), file)))
}
