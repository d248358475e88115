"""The interview itself: questions, follow-ups, questions back, and a last look before it is sent off."""
