//! Headers as one blob of a row: a count, then each name and value with its length before it.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Writes headers; lengths are big-endian.
pub(crate) fn encode(headers: &[(String, Bytes)]) -> Vec<u8> {
    let mut blob = BytesMut::new();
    blob.put_u32(length(headers.len()));
    for (name, value) in headers {
        for part in [name.as_bytes(), value] {
            blob.put_u32(length(part.len()));
            blob.put_slice(part);
        }
    }
    blob.to_vec()
}

/// Reads what [`encode`] wrote; `None` if the blob is cut or damaged.
pub(crate) fn decode(blob: Vec<u8>) -> Option<Vec<(String, Bytes)>> {
    let mut blob = Bytes::from(blob);
    let count = blob.try_get_u32().ok()?;
    let mut headers = Vec::new();
    for _ in 0..count {
        let name = part(&mut blob)?;
        let value = part(&mut blob)?;
        headers.push((String::from_utf8(name.to_vec()).ok()?, value));
    }
    Some(headers)
}

fn part(blob: &mut Bytes) -> Option<Bytes> {
    let length = usize::try_from(blob.try_get_u32().ok()?).ok()?;
    (length <= blob.len()).then(|| blob.split_to(length))
}

/// A record is bounded far below 4 GiB before it comes here.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_these_bytes_and_come_back() {
        let headers =
            vec![("a".to_owned(), Bytes::from_static(b"\x00\xff")), (String::new(), Bytes::new())];

        let blob = encode(&headers);

        assert_eq!(blob, b"\0\0\0\x02\0\0\0\x01a\0\0\0\x02\x00\xff\0\0\0\0\0\0\0\0");
        assert_eq!(decode(blob), Some(headers));
    }

    #[test]
    fn a_damaged_blob_is_not_read() {
        assert_eq!(decode(Vec::new()), None);
        assert_eq!(decode(b"\0\0\0\x01\xff\xff\xff\xff".to_vec()), None);
    }
}
