"""The guide of somebody who holds an interview, in their own chat, while it goes on."""
