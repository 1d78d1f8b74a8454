//! What the analyzer says about texts customers write.

mod bounds;
mod entities;
mod intents;
mod languages;
mod sentiments;
mod words;
