//! Decisions (DMN 1.1 to 1.5) on FEEL.
