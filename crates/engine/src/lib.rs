//! Pure decisions: book integrity, opportunities, sizing, filters, catalogue.
