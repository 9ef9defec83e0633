"""The demo estate: nine simulated platforms, their story, and the ninety days that seem to lie behind them."""
