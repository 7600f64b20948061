//! Classes of operations: what is limited together.

/// Operations whose rate is limited together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Health, metrics and public keys: never limited.
    Unlimited,
    /// Redeeming, and undoing.
    Scan,
    /// Looking at the ticket behind a QR code.
    Look,
    /// Generating tickets.
    Generate,
    /// Issuing and fetching QR codes.
    Issue,
    /// Lists, reports and look-ups.
    Read,
    /// Administration.
    Manage,
    /// Logging in, pairing, and changing one's own password.
    Enter,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Unlimited,
        Self::Scan,
        Self::Look,
        Self::Generate,
        Self::Issue,
        Self::Read,
        Self::Manage,
        Self::Enter,
    ];

    /// The class that can be limited under this name.
    #[must_use]
    pub fn limited_by_name(name: &str) -> Option<Self> {
        let mut limited = Self::ALL.into_iter().filter(|class| *class != Self::Unlimited);
        limited.find(|class| class.name() == name)
    }

    /// Its name, in settings, headers and documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unlimited => "unlimited",
            Self::Scan => "scan",
            Self::Look => "look",
            Self::Generate => "generate",
            Self::Issue => "issue",
            Self::Read => "read",
            Self::Manage => "manage",
            Self::Enter => "enter",
        }
    }
}
