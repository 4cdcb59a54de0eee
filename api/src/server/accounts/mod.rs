//! Who may come in: passwords, sessions, roles.

mod account;
mod cross_site;
mod entity;
mod password;
mod role;
mod session;
mod throttle;
mod token;

pub use account::{Accounts, SessionEnd, add_person, end_sessions, set_password};
pub use cross_site::refuse_cross_site;
pub use password::Hasher;
pub use role::{Administer, Deploy, DoJobs, May, Oversee, Permission, ReadMail, Role};
pub use session::{Session, address_of, cookie_of, expired_cookie, sign_in_cookie};
pub use throttle::Throttle;
pub use token::{Token, TokenHash};
