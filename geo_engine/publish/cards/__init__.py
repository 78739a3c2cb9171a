"""Cards: a study, a layer, a run or an answer as a small piece of HTML that a notebook shows."""

from geo_engine.publish.cards.card import Bar, Card, CardTable
from geo_engine.publish.cards.framed import framed_page
from geo_engine.publish.cards.nouns import RunFacts, layer_card, run_card, study_card
from geo_engine.publish.cards.picture import png_address, score_picture

__all__ = ["Bar", "Card", "CardTable", "RunFacts", "framed_page", "layer_card", "png_address", "run_card", "score_picture", "study_card"]
