"""Where PyTorch computes."""

import torch


def synchronize(device):
    """Returns when all that was begun is done."""
    if device == "cuda":
        torch.cuda.synchronize()
