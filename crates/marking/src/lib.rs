//! Masters, sites and fields, rendering, and the rules that propose sites.
