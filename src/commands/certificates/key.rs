//! A private key: ECDSA on P-256, which every client and server of the catalog takes.

use anyhow::{Context, Result, anyhow};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use pem::{EncodeConfig, LineEnding, Pem};
use rcgen::{KeyIdMethod, PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm};
use sha2::{Digest, Sha256};

/// What a key is called in PEM, whatever its kind: RFC 7468, section 10.
const LABEL: &str = "PRIVATE KEY";
/// The length of a key's identifier: RFC 7093, section 2.
const IDENTIFIER: usize = 20;

/// A private key with its public one.
pub(super) struct Key {
    private: SigningKey,
    public: Vec<u8>,
}

impl Key {
    /// A new one.
    pub(super) fn generate() -> Result<Self> {
        loop {
            let mut bytes = [0u8; 32];
            getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system gives no random numbers: {error}"))?;
            // One in four billion is no key.
            if let Ok(private) = SigningKey::from_slice(&bytes) {
                return Ok(Self::of(private));
            }
        }
    }

    fn of(private: SigningKey) -> Self {
        let public = private.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        Self { private, public }
    }

    /// Reads one: PKCS#8 in PEM.
    pub(super) fn read(text: &str) -> Result<Self> {
        let what = || format!("not `{LABEL}` in PEM on the curve P-256");
        let pem = pem::parse(text).with_context(what)?;
        let private = SigningKey::from_pkcs8_der(pem.contents()).map_err(|error| anyhow!(error)).with_context(what)?;
        Ok(Self::of(private))
    }

    /// The text of its file.
    pub(super) fn text(&self) -> Result<String> {
        let der = self.private.to_pkcs8_der().map_err(|error| anyhow!("a key could not be written: {error}"))?;
        let pem = Pem::new(LABEL, der.as_bytes());
        Ok(pem::encode_config(&pem, EncodeConfig::new().set_line_ending(LineEnding::LF)))
    }

    /// By what certificates name it.
    pub(super) fn identifier(&self) -> KeyIdMethod {
        let hash = Sha256::digest(&self.public);
        KeyIdMethod::PreSpecified(hash.iter().take(IDENTIFIER).copied().collect())
    }
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl rcgen::SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature: DerSignature = self.private.sign(message);
        Ok(signature.as_bytes().to_vec())
    }
}
