print("peyvand")
