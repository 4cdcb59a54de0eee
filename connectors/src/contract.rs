//! What connectors there are, and what each offers to analysts.

use crate::input::Input;
use crate::{create_call, create_record, log_note, send_mail, update_record};

/// The connectors. An enum, not a registry: a job type without a room does not compile.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Connector {
    /// `crm:create-call`
    CreateCall,
    /// `crm:create-record`
    CreateRecord,
    /// `crm:update-record`
    UpdateRecord,
    /// `crm:log-note`
    LogNote,
    /// `mail:send`
    SendMail,
}

/// What a connector offers: the job type by which diagrams name it, its inputs and its results.
#[derive(Debug)]
pub struct Contract {
    /// The job type in `zeebe:taskDefinition`.
    pub job_type: &'static str,
    /// Its name for analysts.
    pub name: &'static str,
    /// What it does, in a sentence for analysts.
    pub description: &'static str,
    /// What it is told.
    pub inputs: &'static [Input],
    /// The variables it gives, with what each is.
    pub results: &'static [(&'static str, &'static str)],
}

impl Connector {
    /// All of them.
    pub const ALL: [Connector; 5] = [
        Connector::CreateCall,
        Connector::CreateRecord,
        Connector::UpdateRecord,
        Connector::LogNote,
        Connector::SendMail,
    ];

    /// The connector of a job type.
    pub fn of(job_type: &str) -> Option<Connector> {
        Connector::ALL
            .into_iter()
            .find(|connector| connector.contract().job_type == job_type)
    }

    /// What it offers.
    pub fn contract(self) -> &'static Contract {
        match self {
            Connector::CreateCall => &create_call::CONTRACT,
            Connector::CreateRecord => &create_record::CONTRACT,
            Connector::UpdateRecord => &update_record::CONTRACT,
            Connector::LogNote => &log_note::CONTRACT,
            Connector::SendMail => &send_mail::CONTRACT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connector_is_found_by_its_job_type() {
        for connector in Connector::ALL {
            assert_eq!(
                Connector::of(connector.contract().job_type),
                Some(connector)
            );
        }
        assert_eq!(Connector::of("crm:create-calls"), None);
    }
}
