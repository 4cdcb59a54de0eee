//! FEEL, the expression language of DMN 1.5: text in, compiled expression out; values in, value out.
