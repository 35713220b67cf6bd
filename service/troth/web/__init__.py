"""The pages: they show what the store holds, and turn taps into replies. GET never acts."""
