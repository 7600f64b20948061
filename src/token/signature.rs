//! Ed25519 signatures (RFC 8032), made and checked by the holder of the secret key.
//!
//! A signature of a message M is a point R and a scalar s. With the secret scalar a, the public key A and the secret prefix,
//! RFC 8032 (5.1.6) has r = H(prefix ‖ M), R = r·B and s = r + H(R ‖ A ‖ M)·a. Whoever has only A can check s by
//! multiplying points (s·B = R + H(R ‖ A ‖ M)·A), which is nearly all that a verification costs. Who has a and the prefix
//! computes the s that belongs to R, and compares: two hashes, and a multiplication of numbers.
//!
//! Nobody else can make what is accepted here. For a message without a signature, s depends on r, which without the
//! prefix is as good as random. For one that has a signature (R, s), another accepted pair (R', s') would tell
//! a = (s' - s) / (H(R' ‖ A ‖ M) - H(R ‖ A ‖ M)), the secret key, which nobody can find from signatures. So what is
//! accepted is what [`SecretKey::sign`] made, and that is what everybody who has the public key accepts too.

use std::sync::Arc;

use curve25519_dalek::Scalar;
use ed25519_dalek::hazmat::ExpandedSecretKey;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;

use super::format::SIGNATURE_LENGTH;

/// A secret key, wiped when its last clone is dropped.
#[derive(Clone)]
pub(super) struct SecretKey {
    signing: SigningKey,
    expanded: Arc<ExpandedSecretKey>,
}

impl SecretKey {
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self {
            signing: SigningKey::from_bytes(bytes),
            expanded: Arc::new(ExpandedSecretKey::from(bytes)),
        }
    }

    /// The public key A.
    pub(super) fn public_key(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        self.signing.sign(message).to_bytes()
    }

    /// Whether this key signed the message so (see the module). The signature is R, then s, least significant byte first.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8; SIGNATURE_LENGTH]) -> bool {
        let Some((point, number)) = signature.split_first_chunk::<32>() else { return false };
        let ExpandedSecretKey { scalar, hash_prefix } = &*self.expanded;
        let hash = |parts: &[&[u8]]| {
            Scalar::from_hash(parts.iter().fold(Sha512::new(), Digest::chain_update))
        };
        let nonce = hash(&[hash_prefix, message]);
        let challenge = hash(&[point, self.signing.verifying_key().as_bytes(), message]);
        // Its bytes are those of the number below the order: no second way of writing it passes.
        let expected = nonce + challenge * scalar;
        expected.as_bytes().ct_eq(number).into()
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, VerifyingKey};

    use super::*;

    fn bytes<const N: usize>(hexadecimal: &str) -> [u8; N] {
        let bytes = data_encoding::HEXLOWER.decode(hexadecimal.as_bytes()).unwrap();
        bytes.try_into().unwrap()
    }

    /// RFC 8032, 7.1, test 3.
    fn of_the_standard() -> (SecretKey, [u8; 2], [u8; SIGNATURE_LENGTH]) {
        let key = SecretKey::from_bytes(&bytes(
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        ));
        let signature = bytes(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        );
        (key, [0xaf, 0x82], signature)
    }

    #[test]
    fn signatures_are_those_of_the_standard() {
        let (key, message, signature) = of_the_standard();
        assert_eq!(key.sign(&message), signature);
        assert!(key.has_signed(&message, &signature));
        let public = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
        assert_eq!(key.public_key(), bytes(public));
    }

    #[test]
    fn what_is_accepted_is_what_holders_of_the_public_key_accept() {
        for number in 0..32 {
            let key = SecretKey::from_bytes(&[number; 32]);
            let message = vec![number; usize::from(number) * 11];
            let signature = key.sign(&message);
            assert!(key.has_signed(&message, &signature));
            let public = VerifyingKey::from_bytes(&key.public_key()).unwrap();
            public.verify_strict(&message, &Signature::from_bytes(&signature)).unwrap();
        }
    }

    #[test]
    fn no_other_signature_message_or_key_is_accepted() {
        let (key, message, signature) = of_the_standard();
        for bit in 0..SIGNATURE_LENGTH * 8 {
            let mut changed = signature;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.has_signed(&message, &changed), "bit {bit}");
        }
        assert!(!key.has_signed(&message[..1], &signature));
        assert!(!key.has_signed(&[], &signature));
        assert!(!SecretKey::from_bytes(&[1; 32]).has_signed(&message, &signature));
    }

    #[test]
    fn a_number_that_is_larger_by_the_order_is_not_accepted() {
        let (key, message, mut signature) = of_the_standard();
        let order: [u8; 32] =
            bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        let mut carry = 0;
        for (byte, more) in signature.iter_mut().skip(32).zip(order) {
            let sum = u16::from(*byte) + u16::from(more) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert!(!key.has_signed(&message, &signature));
    }
}
