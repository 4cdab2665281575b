"""Bytes to text without guessing, and text to the one form that the rest relies on."""

from topics.ingest.encodings.choice import choose_decoder
from topics.ingest.encodings.decoder import Decoded, Decoder, Undecodable
from topics.ingest.encodings.normalisation import Normalised, normalise

__all__ = ["Decoded", "Decoder", "Normalised", "Undecodable", "choose_decoder", "normalise"]
