//! Tickets as people see them.

use qrcodegen::{QrCode, QrCodeEcc};

pub use wire::{MeshKind, Ticket, ticket::TicketError};

use crate::neighbours::NeighbourError;

pub fn parse(text: &str) -> Result<Ticket, NeighbourError> {
    Ok(text.parse()?)
}

/// One string for each row, 1 for a dark module; empty for what fits no code.
pub fn qr(text: &str) -> Vec<String> {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return Vec::new();
    };
    let row = |y| {
        (0..code.size())
            .map(|x| if code.get_module(x, y) { '1' } else { '0' })
            .collect()
    };
    (0..code.size()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_square_with_its_three_corners() {
        let rows = qr("banyan:somewhere");
        assert!(rows.iter().all(|row| row.len() == rows.len()));
        let (first, last) = (rows.first().unwrap(), rows.last().unwrap());
        assert!(first.starts_with("1111111") && first.ends_with("1111111"));
        assert!(last.starts_with("1111111"));
        assert!(qr(&"x".repeat(5000)).is_empty());
    }
}
