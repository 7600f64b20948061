//! Hashes passwords with Argon2id, off the async threads and only so many at once.
//!
//! Parameters: m = 19 MiB, t = 2, p = 1, the OWASP Password Storage Cheat Sheet's least for Argon2id (RFC 9106). A hash
//! says its own parameters, so they can be raised without making the old hashes useless.

use std::num::NonZeroUsize;
use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::AccessError;
use super::model::{Password, PasswordHash};
use crate::db::DbError;
use crate::kernel::{Secret, random_bytes};

/// KiB of memory for a hash.
const MEMORY: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// Passwords in hand for each that can be hashed at once: the last one's turn comes after about two seconds.
const PLACES_EACH: usize = 64;
/// A hash of the same parameters that no password is known to have: its salt and its bits are made up.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$VGhlcmUgaXMgbm9ib2R5$\
    q4OepfYxJpZ9dT0k1Y1o0m7HkRj8c2uXwVbnL3sGQeE";

fn argon2() -> Result<Argon2<'static>, AccessError> {
    let params = Params::new(MEMORY, PASSES, 1, None).map_err(|error| failed(&error))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(error: &impl ToString) -> AccessError {
    AccessError::Hashing(error.to_string())
}

/// Hashes a password, here and now: for commands. A server has a [`Hasher`].
///
/// # Errors
/// The hashing's own, such as no memory.
pub fn hash_password(password: &Password) -> Result<PasswordHash, AccessError> {
    let salt = random_bytes::<16>();
    let hash: phc::PasswordHash = argon2()?
        .hash_password_with_salt(password.text().expose().as_bytes(), &salt)
        .map_err(|error| failed(&error))?;
    Ok(PasswordHash::new(hash.to_string()))
}

/// The hash that a password is checked against where nobody has the name, so that this takes as long.
pub(super) fn nobodys_hash() -> PasswordHash {
    PasswordHash::new(NOBODYS_HASH.to_owned())
}

fn is_right(password: &Secret<String>, hash: &PasswordHash) -> Result<bool, AccessError> {
    let hash = phc::PasswordHash::new(hash.text()).map_err(|error| failed(&error))?;
    Ok(argon2()?.verify_password(password.expose().as_bytes(), &hash).is_ok())
}

/// Hashes passwords for a server: as many at once as there are cores, and not too many waiting, since each takes a
/// core for a while and 19 MiB. Clones share the bounds.
#[derive(Clone, Debug)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// A place among those whose password is in hand.
#[derive(Debug)]
pub(super) struct Place {
    _held: OwnedSemaphorePermit,
}

impl Hasher {
    /// Hashes at most this many at once.
    #[must_use]
    pub fn new(at_once: NonZeroUsize) -> Self {
        let at_once = at_once.get();
        Self {
            turns: Arc::new(Semaphore::new(at_once)),
            places: Arc::new(Semaphore::new(at_once.saturating_mul(PLACES_EACH))),
        }
    }

    /// A place, if there is one.
    pub(super) fn enter(&self) -> Result<Place, AccessError> {
        let places = Arc::clone(&self.places);
        let held = places.try_acquire_owned().map_err(|_| AccessError::TooManyPasswords)?;
        Ok(Place { _held: held })
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// Too many are waiting, or the hashing's own.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, AccessError> {
        Ok(self.hash_at(self.enter()?, password).await?.1)
    }

    /// Hashes a new password at a place that is held already; gives the place back.
    pub(super) async fn hash_at(
        &self,
        place: Place,
        password: Password,
    ) -> Result<(Place, PasswordHash), AccessError> {
        let (place, hash) = self.in_turn(place, move || hash_password(&password)).await?;
        Ok((place, hash?))
    }

    /// Whether a password is that of a hash; gives the place back for what comes next.
    pub(super) async fn verify(
        &self,
        place: Place,
        password: Secret<String>,
        hash: PasswordHash,
    ) -> Result<(Place, bool), AccessError> {
        let (place, is_right) = self.in_turn(place, move || is_right(&password, &hash)).await?;
        Ok((place, is_right?))
    }

    /// Runs the work when its turn comes. Turn and place go with it, so that they count also where nobody waits for
    /// the outcome any more.
    async fn in_turn<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(Place, T), AccessError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| DbError::NoAnswer)?;
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            (place, done)
        });
        working.await.map_err(|error| failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(Secret::new(text.to_owned())).unwrap()
    }

    #[test]
    fn a_hash_is_argon2id_of_these_parameters_and_proves_its_password_only() {
        let chosen = password("correct horse battery");
        let hash = hash_password(&chosen).unwrap();
        let start = "$argon2id$v=19$m=19456,t=2,p=1$";
        assert!(hash.text().starts_with(start), "{}", hash.text());
        assert!(is_right(chosen.text(), &hash).unwrap());
        assert!(!is_right(password("correct horse batterx").text(), &hash).unwrap());
        assert_ne!(hash_password(&chosen).unwrap().text(), hash.text(), "each has its own salt");
        assert!(nobodys_hash().text().starts_with(start));
        assert!(!is_right(chosen.text(), &nobodys_hash()).unwrap());
    }

    #[test]
    fn who_comes_when_all_places_are_taken_is_sent_away() {
        let hasher = Hasher::new(NonZeroUsize::MIN);
        let places: Vec<Place> = (0..PLACES_EACH).map(|_| hasher.enter().unwrap()).collect();
        assert!(matches!(hasher.enter(), Err(AccessError::TooManyPasswords)));
        drop(places);
        assert!(hasher.enter().is_ok());
    }
}
