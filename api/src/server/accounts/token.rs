//! Session tokens: 256 bits of the operating system's randomness. The browser has the token, the database only its
//! SHA-256: who reads the database cannot sign in with what is there.

use crate::server::error::ApiError;
use sha2::{Digest, Sha256};
use std::fmt;

/// What the browser keeps: 64 hexadecimal digits.
pub struct Token(String);

/// What the database keeps.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl Token {
    /// A token that nobody has seen before.
    pub fn random() -> Result<Token, ApiError> {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| ApiError::Internal(format!("no randomness: {error}")))?;
        Ok(Token(
            bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        ))
    }

    /// The token that a cookie carries, if it looks like one.
    pub fn from_cookie(value: &str) -> Option<Token> {
        (value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| Token(value.to_owned()))
    }

    /// What the cookie carries.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the database keeps.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    /// Tokens stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_survive_the_cookie() {
        let (a, b) = (Token::random().unwrap(), Token::random().unwrap());
        assert_ne!(a.hash(), b.hash());
        let back = Token::from_cookie(a.as_str()).unwrap();
        assert_eq!(back.hash(), a.hash());
    }

    #[test]
    fn what_is_no_token_is_not_looked_up() {
        assert!(Token::from_cookie("").is_none());
        assert!(Token::from_cookie(&"g".repeat(64)).is_none());
        assert!(Token::from_cookie(&"a".repeat(65)).is_none());
    }

    #[test]
    fn a_token_stays_out_of_logs() {
        let token = Token::random().unwrap();
        assert!(!format!("{token:?}").contains(token.as_str()));
    }
}
