"""The OpenAI-compatible front: releases answer as models do."""
