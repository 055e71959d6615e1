//! A human with a second factor: asked for the code on a terminal, told what to do elsewhere. The platform is
//! the real one, and so is the terminal.
