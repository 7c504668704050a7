"""Makes every golden value anew. Two runs on one machine write the same bytes."""

import adapters
import dropout
import generation
import likelihoods
import logits
import models
import sampling
import slopes
import through_norm
import training

if __name__ == "__main__":
    for part in (models, adapters, logits, training, through_norm, slopes, generation, likelihoods, sampling, dropout):
        part.main()
