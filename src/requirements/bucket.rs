//! Where copies of backups go that leave the host: a bucket of S3, and a place in it.

/// The longest name of a bucket, and the shortest.
const NAME: std::ops::RangeInclusive<usize> = 3..=63;

/// A place in a bucket: `s3://bucket/prefix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket(String);

impl Bucket {
    /// What the address of one begins with.
    pub const SCHEME: &str = "s3://";

    /// The place that an address names.
    pub fn parse(address: &str) -> Option<Self> {
        let path = address.strip_prefix(Self::SCHEME)?.trim_end_matches('/');
        let (name, prefix) = path.split_once('/').unwrap_or((path, ""));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let ends = |name: &str| name.starts_with(is_small) && name.ends_with(is_small);
        let is_name =
            NAME.contains(&name.len()) && ends(name) && name.chars().all(|c| is_small(c) || matches!(c, '-' | '.'));
        let is_prefix = |part: &str| !part.is_empty() && part != "." && part != ".." && part.chars().all(plain);
        let good = is_name && (prefix.is_empty() || prefix.split('/').all(is_prefix));
        good.then(|| Self(path.to_owned()))
    }

    /// The bucket and the place in it, without the scheme.
    pub fn path(&self) -> &str {
        &self.0
    }
}

fn is_small(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::Bucket;

    #[test]
    fn a_bucket_has_a_name_and_perhaps_a_prefix() {
        for (address, path) in [("s3://backups", "backups"), ("s3://my.backups/shop/prod/", "my.backups/shop/prod")] {
            assert_eq!(Bucket::parse(address).map(|bucket| bucket.path().to_owned()).as_deref(), Some(path));
        }
        for bad in
            ["s3://", "s3://ab", "s3://Backups", "s3://a b c", "s3://abc/../x", "s3://abc//x", "s3://abc/x y", "nas:/x"]
        {
            assert_eq!(Bucket::parse(bad), None, "{bad}");
        }
    }
}
